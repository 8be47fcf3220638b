# shellcheck shell=bash
source=libffi
needs=()

build() {
  run_configure "$source_dir" --disable-docs --disable-multi-os-directory --disable-exec-static-tramp
  make -j"$jobs"
  make install
}
