# shellcheck shell=bash
source=jansson
needs=()

build() {
  cmake_install "$source_dir" -DJANSSON_BUILD_SHARED_LIBS=ON -DJANSSON_BUILD_DOCS=OFF -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_EXAMPLES=OFF
}
