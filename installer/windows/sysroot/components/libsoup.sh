# shellcheck shell=bash
source=libsoup3
needs=(glib sqlite libpsl nghttp2 zlib)

build() {
  meson_install -Dgssapi=disabled -Dbrotli=disabled -Dntlm=disabled -Dtls_check=false -Dintrospection=disabled -Dvapi=disabled \
    -Ddocs=disabled -Dtests=false -Dautobahn=disabled -Dsysprof=disabled -Dpkcs11_tests=disabled
}
