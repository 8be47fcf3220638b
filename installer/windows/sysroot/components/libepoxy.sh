# shellcheck shell=bash
source=libepoxy
needs=()

build() {
  meson_install -Degl=no -Dglx=no -Dx11=false -Dtests=false -Ddocs=false
}
