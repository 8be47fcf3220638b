# shellcheck shell=bash
# Debian has zlib for mingw as a package.
needs=()
version=$(dpkg-query -W -f '${Version}' libz-mingw-w64-dev)
licence_files=(/usr/share/doc/libz-mingw-w64-dev/copyright)

build() {
  local to=$DESTDIR$prefix from=/usr/$host
  mkdir -p "$to"/{bin,include,lib/pkgconfig}
  cp $from/lib/zlib1.dll "$to/bin/"
  cp $from/lib/libz.dll.a "$to/lib/"
  cp $from/include/{zlib,zconf}.h "$to/include/"
  sed "s,^prefix=.*,prefix=$prefix,; s,^\(sharedlibdir\|libdir\)=.*,\1=\${prefix}/lib,; s,^includedir=.*,includedir=\${prefix}/include," \
    $from/lib/pkgconfig/zlib.pc >"$to/lib/pkgconfig/zlib.pc"
}
