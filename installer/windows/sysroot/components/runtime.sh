# shellcheck shell=bash
# What gcc and mingw-w64 link into every program: nothing to build, licences to tell.
needs=()
version=$(dpkg-query -W -f '${Version}' gcc-mingw-w64-x86-64-win32)

build() {
  record_licence gcc "$version" /usr/share/doc/gcc-mingw-w64-x86-64-win32/copyright
  record_licence mingw-w64 "$(dpkg-query -W -f '${Version}' mingw-w64-x86-64-dev)" /usr/share/doc/mingw-w64-x86-64-dev/copyright
}
