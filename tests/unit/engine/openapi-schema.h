/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

/* (transfer full): the document */
ScJson *openapi_load (void);

/* Follows "$ref": "#/…" in @document to what it names. */
const ScJson *openapi_resolve (const ScJson *document, const ScJson *node);

/**
 * openapi_validate:
 * @where: for the message, such as "$"
 *
 * Whether @value is what @schema says. Knows just the keywords that the document uses; an unknown one is an error, so
 * that no rule is skipped in silence. Errors: %SC_ERROR_INVALID
 */
gboolean openapi_validate (const ScJson *document, const ScJson *schema, const ScJson *value, const char *where,
                           GError **error);
