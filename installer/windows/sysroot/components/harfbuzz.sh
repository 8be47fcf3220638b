# shellcheck shell=bash
source=harfbuzz
needs=(glib)

build() {
  # DirectWrite would need libstdc++, and nothing here uses it
  meson_install -Dglib=enabled -Dgobject=disabled -Dcairo=disabled -Dchafa=disabled -Dicu=disabled -Dgraphite=disabled -Dgraphite2=disabled \
    -Dfreetype=disabled -Dgdi=enabled -Ddirectwrite=disabled -Dtests=disabled -Dintrospection=disabled -Ddocs=disabled -Dbenchmark=disabled
}
