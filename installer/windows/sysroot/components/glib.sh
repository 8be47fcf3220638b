# shellcheck shell=bash
source=glib2.0
needs=(zlib libintl libffi pcre2)

build() {
  meson_install -Dtests=false -Dinstalled_tests=false -Dnls=enabled -Dgtk_doc=false -Dman=false -Dlibmount=disabled -Dselinux=disabled \
    -Dxattr=false -Dlibelf=disabled -Dsysprof=disabled -Ddtrace=false -Dsystemtap=false -Dglib_assert=true -Dglib_checks=true
}
