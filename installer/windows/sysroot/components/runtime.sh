# shellcheck shell=bash
# What gcc and mingw-w64 link into every program: nothing to build, licences to tell.
needs=()
version=$(dpkg-query -W -f '${Version}' gcc-mingw-w64-x86-64-win32)

build() {
  record_licence gcc-mingw-w64-x86-64-win32 "$version" /usr/share/doc/gcc-mingw-w64-x86-64-win32/copyright
  record_licence mingw-w64-x86-64-dev "$(dpkg-query -W -f '${Version}' mingw-w64-x86-64-dev)" /usr/share/doc/mingw-w64-x86-64-dev/copyright
}
