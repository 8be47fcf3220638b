# shellcheck shell=bash
source=gtk+3.0
needs=(glib cairo pango gdk-pixbuf atk libepoxy)

build() {
  # its input methods are built in: no cache of them to make on every machine
  meson_install -Dwin32_backend=true -Dx11_backend=false -Dwayland_backend=false -Dbroadway_backend=false -Dintrospection=false -Dgtk_doc=false \
    -Dman=false -Ddemos=false -Dexamples=false -Dtests=false -Dinstalled_tests=false -Dcolord=no -Dcloudproviders=false -Dprofiler=false \
    -Dtracker3=false -Dbuiltin_immodules=yes
}
