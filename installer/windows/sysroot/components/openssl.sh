# shellcheck shell=bash
source=openssl
needs=()

# On Unix, Configure takes "C:/…" for a relative path, so what is compiled in goes on make's command line. Nothing is ever loaded from there
# (no-engine no-module no-autoload-config): it could be a path that somebody else may create.
directory="C:/Program Files/Common Files/SSL"

build() {
  local paths=(OPENSSLDIR="$directory" ENGINESDIR="$directory/engines-3" MODULESDIR="$directory/ossl-modules")
  rm -rf "$build_dir"
  mkdir -p "$build_dir"
  cd "$build_dir"
  env CC=gcc-win32 AR=gcc-ar-win32 RANLIB=gcc-ranlib-win32 RC=windres CFLAGS="-O2 -g1 -ffile-prefix-map=$work=." "$source_dir/Configure" mingw64 shared \
    --cross-compile-prefix=$host- --prefix="$prefix" --libdir=lib \
    no-tests no-engine no-module no-autoload-config no-ssl3 no-comp no-legacy no-idea no-mdc2 no-rc5 \
    -static-libgcc -Wl,--dynamicbase,--nxcompat,--high-entropy-va
  make -j"$jobs" build_libs "${paths[@]}"
  make install_dev "${paths[@]}" DESTDIR="$DESTDIR"
}
