# shellcheck shell=bash
# cross-build.sh, sourced by `build` and `test` at the top of the source: Seatcast for Windows. Needs: $output, an absolute directory. Everything is
# below it: sysroot.tar.xz (the libraries, when they were built here), sysroot/ (unpacked), program/ (meson's), installers/.
# $jobs, when it is set: how many programs run at once.

# prepare_sysroot: sets $sysroot, the directory of the libraries, from $SEATCAST_SYSROOT (an archive or a directory) or what `build` left
prepare_sysroot() {
  local from=${SEATCAST_SYSROOT:-$output/sysroot.tar.xz}
  if [ -d "$from" ]; then
    sysroot=$(realpath "$from")
  elif [ -f "$from" ]; then
    sysroot=$output/sysroot
    # which archive is unpacked here
    local mark
    mark="$(realpath "$from") $(stat -c '%s %y' "$from")"
    if [ "$(cat "$sysroot/.archive" 2>/dev/null)" != "$mark" ]; then
      rm -rf "$sysroot" "$sysroot.new"
      mkdir -p "$sysroot.new"
      tar -C "$sysroot.new" -xf "$from"
      echo "$mark" >"$sysroot.new/.archive"
      mv "$sysroot.new" "$sysroot"
    fi
  else
    echo "no libraries for Windows: $from is not there; set SEATCAST_SYSROOT, or run installer/windows/build" >&2
    return 1
  fi
  [ ! -d "$sysroot/prefix" ] || sysroot=$sysroot/prefix
  [ -f "$sysroot/lib/pkgconfig/glib-2.0.pc" ] || { echo "$from has no libraries for Windows: lib/pkgconfig/glib-2.0.pc is missing" >&2; return 1; }
}

# cross_build: builds everything into $program, anew when it was made with other libraries
cross_build() {
  local constants files
  program=$output/program
  constants=$(printf "[constants]\nsysroot = '%s'\nrun = '%s'" "$sysroot" "$PWD/installer/windows/run-under-wine")
  if [ -d "$program" ] && [ "$(cat "$program/windows.ini" 2>/dev/null)" != "$constants" ]; then rm -rf "$program"; fi
  if [ ! -f "$program/build.ninja" ]; then
    rm -rf "$program"
    mkdir -p "$program"
    echo "$constants" >"$program/windows.ini"
    files=(--cross-file "$program/windows.ini" --cross-file installer/windows/mingw64.ini)
    if command -v ccache >/dev/null; then
      printf "[binaries]\nc = ['ccache', 'x86_64-w64-mingw32-gcc-win32']\n" >"$program/ccache.ini"
      files+=(--cross-file "$program/ccache.ini")
    fi
    meson setup "$program" "${files[@]}"
  fi
  ninja ${jobs:+-j "$jobs"} -C "$program"
}

# make_installers: into $output/installers, from what cross_build made
make_installers() {
  mkdir -p "$output/installers"
  installer/windows/make-installers "$program" "$sysroot" "$output/installers"
}
