# shellcheck shell=bash
source=fribidi
needs=()

build() {
  meson_install -Ddocs=false
}
