# shellcheck shell=bash
source=gdk-pixbuf
needs=(glib libpng)

build() {
  # its loaders are built in: no cache of them to make on every machine
  meson_install -Dpng=enabled -Djpeg=disabled -Dtiff=disabled -Dbuiltin_loaders=all -Dgtk_doc=false -Ddocs=false -Dintrospection=disabled -Dman=false \
    -Drelocatable=true -Dnative_windows_loaders=false -Dtests=false -Dinstalled_tests=false -Dgio_sniffing=false
}
