# shellcheck shell=bash
source=cairo
needs=(glib libpng pixman zlib)

# Debian's patches touch configure.ac; the generated files beside it are good enough
prepare() {
  touch aclocal.m4
  sleep 1
  find . -name Makefile.in -exec touch {} +
  touch configure config.h.in
}

build() {
  run_configure "$source_dir" --enable-win32=yes --enable-win32-font=yes --enable-png=yes --enable-gobject=yes --disable-ft --disable-fc \
    --disable-xlib --disable-xcb --disable-trace --disable-interpreter --disable-gtk-doc --disable-symbol-lookup --disable-valgrind LIBS=""
  # configure adds what on mingw wants libssp
  find . -name Makefile -exec sed -i 's/-Wp,-D_FORTIFY_SOURCE=2//g' {} +
  make -C src -j"$jobs"
  make -C src install
  make -C util/cairo-gobject -j"$jobs"
  make -C util/cairo-gobject install
}
