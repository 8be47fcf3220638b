# shellcheck shell=bash
source=pcre2
needs=()

build() {
  run_configure "$source_dir" --enable-jit --enable-unicode --disable-pcre2grep-callout
  make -j"$jobs" libpcre2-8.la
  make install-libLTLIBRARIES install-nodist_includeHEADERS install-includeHEADERS install-pkgconfigDATA lib_LTLIBRARIES=libpcre2-8.la bin_PROGRAMS=
}
