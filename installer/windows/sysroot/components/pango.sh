# shellcheck shell=bash
source=pango1.0
needs=(glib fribidi harfbuzz cairo)

build() {
  meson_install -Dgtk_doc=false -Dintrospection=disabled -Dinstall-tests=false -Dfontconfig=disabled -Dsysprof=disabled -Dlibthai=disabled \
    -Dcairo=enabled -Dxft=disabled -Dfreetype=disabled
}
