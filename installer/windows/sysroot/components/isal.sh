# shellcheck shell=bash
source=libisal
needs=()

# its configure insists on yasm for mingw; nasm does as well, and knows AVX512
prepare() {
  sed -i '/^  if test x"$arch" = x"mingw"; then/,/^  AC_DEFINE_UNQUOTED(AS_FEATURE_LEVEL/{/^  AC_DEFINE_UNQUOTED/!d}' configure.ac
  autoreconf -fi
}

build() {
  local flags="$ldflags -no-undefined -export-symbols $build_dir/isal.def"
  run_configure "$source_dir" AS=nasm
  # nasm's symbols carry no "function" type: ld would export them as DATA, and programs die at their start. So they are exported by upstream's list.
  (echo EXPORTS; sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)[ \t]*@[0-9]*.*/\1/p' "$source_dir/isa-l.def") >isal.def
  make -j"$jobs" libisal.la LDFLAGS="$flags"
  make install-libLTLIBRARIES install-pkgincludeHEADERS install-nobase_includeHEADERS install-pkgconfigDATA LDFLAGS="$flags"
}
