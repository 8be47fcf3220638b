# shellcheck shell=bash
source=sqlite3
needs=()
definitions=(-DSQLITE_THREADSAFE=1 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_ENABLE_UNLOCK_NOTIFY
  -DSQLITE_ENABLE_DBSTAT_VTAB -DSQLITE_SECURE_DELETE -DSQLITE_MAX_VARIABLE_NUMBER=250000 -DSQLITE_USE_URI -DSQLITE_TEMP_STORE=1
  '-DSQLITE_API=__declspec(dllexport)')

build() {
  local to=$DESTDIR$prefix
  rm -rf "$build_dir"
  mkdir -p "$build_dir" "$to"/{bin,include,lib/pkgconfig}
  cd "$build_dir"
  # for this machine: all that is made is the one file of everything, by tclsh
  "$source_dir/configure" --disable-tcl --disable-readline --with-tcl=/usr/lib/x86_64-linux-gnu/tcl8.6
  make -j"$jobs" sqlite3.c
  # shellcheck disable=SC2086 # words on purpose
  $compiler $cflags "${definitions[@]}" $ldflags -shared -o "$to/bin/libsqlite3-0.dll" sqlite3.c -Wl,--out-implib,"$to/lib/libsqlite3.dll.a"
  cp sqlite3.h "$source_dir/src/sqlite3ext.h" "$to/include/"
  # shellcheck disable=SC2016 # pkg-config's variables
  printf 'prefix=%s\nlibdir=${prefix}/lib\nincludedir=${prefix}/include\n\nName: SQLite\nDescription: %s\nVersion: %s\nLibs: %s\nCflags: %s\n' \
    "$prefix" 'SQL database engine' "$(cat "$source_dir/VERSION")" '-L${libdir} -lsqlite3' '-I${includedir}' >"$to/lib/pkgconfig/sqlite3.pc"
}
