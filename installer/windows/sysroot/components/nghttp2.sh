# shellcheck shell=bash
source=nghttp2
needs=()

build() {
  cmake_install "$source_dir" -DENABLE_LIB_ONLY=ON -DENABLE_SHARED_LIB=ON -DENABLE_STATIC_LIB=OFF -DENABLE_DOC=OFF
}
