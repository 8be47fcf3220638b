# shellcheck shell=bash
source=libpsl
needs=()

build() {
  # its tool uses localtime_r, which mingw declares only with _POSIX_C_SOURCE
  # shellcheck disable=SC2086 # words on purpose
  meson_install "-Dc_args=[$(quoted $cflags) '-D_POSIX_C_SOURCE=200809L']" -Druntime=no -Dbuiltin=true \
    -Dpsl_file=/usr/share/publicsuffix/public_suffix_list.dat
  # the list is built in
  record_licence publicsuffix "$(dpkg-query -W -f '${Version}' publicsuffix)" /usr/share/doc/publicsuffix/copyright
}
