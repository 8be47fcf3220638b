# shellcheck shell=bash
# tools.sh, sourced: how a library is cross-built. Needs: $work, $prefix, $jobs, $source_dir, $build_dir. Everything is installed below $DESTDIR.

host=x86_64-w64-mingw32
# "win32", not "posix": no DLL then needs libwinpthread; the compiler's support library is linked in
compiler=$host-gcc-win32
compiler_cxx=$host-g++-win32
epoch=${SOURCE_DATE_EPOCH:-1700000000}
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=$epoch

cflags="-O2 -g1 -pipe -ffile-prefix-map=$work=. -I$prefix/include"
ldflags="-static-libgcc -Wl,--dynamicbase,--nxcompat,--high-entropy-va -L$prefix/lib"

# quoted WORDS…: as a list of meson
quoted() {
  printf "'%s', " "$@"
}

# write_if_changed FILE: from the standard input
write_if_changed() {
  cat >"$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

write_tool_files() {
  local name
  mkdir -p "$work/tools"
  write_if_changed "$work/tools/pkg-config" <<END
#!/bin/sh
export PKG_CONFIG_DIR= PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig:$prefix/share/pkgconfig
exec /usr/bin/pkg-config "\$@"
END
  chmod +x "$work/tools/pkg-config"
  # shellcheck disable=SC2086 # words on purpose
  write_if_changed "$work/tools/cross.ini" <<END
[binaries]
c = '$compiler'
cpp = '$compiler_cxx'
ar = '$host-gcc-ar-win32'
ranlib = '$host-gcc-ranlib-win32'
nm = '$host-gcc-nm-win32'
strip = '$host-strip'
windres = '$host-windres'
dlltool = '$host-dlltool'
pkgconfig = '$work/tools/pkg-config'
# programs of GLib that run here
$(for name in glib-compile-resources glib-compile-schemas glib-genmarshal glib-mkenums gdbus-codegen; do echo "$name = '/usr/bin/$name'"; done)
[properties]
needs_exe_wrapper = true
[host_machine]
system = 'windows'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'
[built-in options]
c_args = [$(quoted $cflags)]
cpp_args = [$(quoted $cflags)]
c_link_args = [$(quoted $ldflags)]
cpp_link_args = [$(quoted -static-libstdc++ $ldflags)]
END
  write_if_changed "$work/tools/toolchain.cmake" <<END
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER $compiler)
set(CMAKE_CXX_COMPILER $compiler_cxx)
set(CMAKE_RC_COMPILER $host-windres)
set(CMAKE_FIND_ROOT_PATH $prefix /usr/$host)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_C_FLAGS_INIT "$cflags")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "$ldflags")
set(CMAKE_EXE_LINKER_FLAGS_INIT "$ldflags")
END
}

# meson_install OPTION…: a build that was interrupted goes on
meson_install() {
  if [ ! -f "$build_dir/build.ninja" ]; then
    rm -rf "$build_dir"
    meson setup "$build_dir" "$source_dir" --cross-file "$work/tools/cross.ini" --prefix "$prefix" --libdir lib \
      --buildtype release --default-library shared --wrap-mode nodownload -Db_ndebug=false "$@"
  fi
  ninja -C "$build_dir" -j"$jobs"
  ninja -C "$build_dir" install
}

cmake_install() { # SOURCE OPTION…
  local source=$1
  shift
  cmake -G Ninja -S "$source" -B "$build_dir" -DCMAKE_TOOLCHAIN_FILE="$work/tools/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib "$@"
  ninja -C "$build_dir" -j"$jobs"
  ninja -C "$build_dir" install
}

# run_configure SOURCE OPTION…: goes to the build's directory, where "make" follows
run_configure() {
  local source=$1
  shift
  rm -rf "$build_dir"
  mkdir -p "$build_dir"
  cd "$build_dir"
  # libtool drops -static-libgcc from LDFLAGS, so it is made part of the compiler's name
  "$source/configure" --host=$host --build=x86_64-linux-gnu --prefix="$prefix" --enable-shared --disable-static --disable-dependency-tracking \
    CC="$compiler -static-libgcc" CXX="$compiler_cxx -static-libgcc -static-libstdc++" AR=$host-ar RANLIB=$host-ranlib STRIP=$host-strip \
    PKG_CONFIG="$work/tools/pkg-config" CPPFLAGS="-I$prefix/include" CFLAGS="$cflags" LDFLAGS="$ldflags" "$@"
}

# record_licence NAME VERSION FILE…: what the installed tree says of a library
record_licence() {
  local directory=$DESTDIR$prefix/share/licenses/$1 version=$2
  shift 2
  [ $# -gt 0 ] || { echo "no licence was found" >&2; return 1; }
  mkdir -p "$directory"
  echo "$version" >"$directory/version"
  cat "$@" >"$directory/copyright"
}
