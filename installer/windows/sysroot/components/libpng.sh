# shellcheck shell=bash
source=libpng1.6
needs=(zlib)

build() {
  run_configure "$source_dir" --disable-tools --disable-tests
  make -j"$jobs"
  make install
}
