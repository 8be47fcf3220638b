# shellcheck shell=bash
source=pixman
needs=()

build() {
  meson_install -Dgtk=disabled -Dlibpng=disabled -Dopenmp=disabled
}
