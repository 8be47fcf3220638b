# shellcheck shell=bash
# sources.sh, sourced: Debian's source packages, by an apt of its own. The machine's mirrors are used, its configuration and its lists are not touched.
# Needs: $work, the directory of the sysroot's build. Gives: $downloads, $warnings.

downloads=$work/downloads
warnings=$work/warnings.txt
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

apt_options=(
  -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/apt/sources" -o Dir::State::lists="$work/apt/lists/"
  -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
  -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Update::Post-Invoke= -o APT::Update::Post-Invoke-Success=
  -o APT::Sandbox::User= -o Acquire::Retries=3 -q
)

# warn WORDS…: said, and kept for whoever looks at the result
warn() {
  echo "warning: $*" >&2
  echo "$*" >>"$warnings"
}

# The mirrors that the machine has for Debian 12, or Debian's own.
write_apt_sources() {
  local targets uri suite
  if [ -n "${SEATCAST_SYSROOT_SOURCES:-}" ]; then
    cat "$SEATCAST_SYSROOT_SOURCES"
    return
  fi
  # shellcheck disable=SC2016 # apt's variables
  targets=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Component: main' |
    sort -u | grep -E ' bookworm(-updates|-security)?$' || true)
  if [ -z "$targets" ]; then
    targets='http://deb.debian.org/debian bookworm
http://deb.debian.org/debian bookworm-updates
http://deb.debian.org/debian-security bookworm-security'
  fi
  while read -r uri suite; do
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' "$uri" "$suite" "$keyring"
  done <<<"$targets"
}

# apt_update [--again]: the lists of what there is
apt_update() {
  mkdir -p "$work/apt/sources" "$work/apt/lists/partial" "$downloads"
  write_apt_sources >"$work/apt/new.sources"
  if [ "${1:-}" = --again ] || [ ! -e "$work/apt/complete" ] || ! cmp -s "$work/apt/new.sources" "$work/apt/sources/seatcast.sources"; then
    rm -f "$work/apt/complete"
    mv "$work/apt/new.sources" "$work/apt/sources/seatcast.sources"
    # each archive by itself, too: see download
    rm -rf "$work"/apt/single-*
    awk -v work="$work" 'BEGIN { RS = ""; n = 0 } { d = work "/apt/single-" ++n; system("mkdir -p \"" d "\""); print > (d "/seatcast.sources") }' \
      "$work/apt/sources/seatcast.sources"
    apt-get "${apt_options[@]}" update || return 1
    touch "$work/apt/complete"
  fi
}

# source_versions PACKAGE: newest first
source_versions() {
  apt-cache "${apt_options[@]}" showsrc --only-source "$1" 2>/dev/null | awk '$1 == "Version:" { print $2 }' | sort -rVu
}

# download PACKAGE=VERSION [OPTION…]: apt asks one archive for a version that several have, and that one can lack files
download() {
  local package=$1 sources
  shift
  for sources in "$work"/apt/sources "$work"/apt/single-*; do
    (cd "$downloads" && apt-get "${apt_options[@]}" -o Dir::Etc::sourceparts="$sources" source --download-only --only-source "$@" "$package") && return 0
  done
  return 1
}

# unpack_archive TAR DIRECTORY
unpack_archive() {
  mkdir "$2" && tar -C "$2" --strip-components=1 -xf "$1"
}

# fetch PACKAGE DIRECTORY [POOL-FILE SHA256]: unpacks the source into DIRECTORY and sets $version. A mirror can lack files: then the newest version
# that is complete is taken, else the newest one whose upstream source is there, without Debian's patches, else POOL-FILE of Debian's pool.
fetch() {
  local package=$1 directory=$2 pool_file=${3:-} sum=${4:-} versions newest upstream archive
  rm -rf "$directory"
  versions=$(source_versions "$package")
  newest=$(head -n 1 <<<"$versions")
  for version in $versions; do
    if download "$package=$version" && dpkg-source -q --no-copy --extract "$downloads/${package}_${version#*:}.dsc" "$directory"; then
      [ "$version" = "$newest" ] || warn "$package: version $newest is not complete on the mirror, $version is used"
      return 0
    fi
    rm -rf "$directory"
  done
  for version in $versions; do
    upstream=${version#*:}
    upstream=${upstream%-*}
    download "$package=$version" --tar-only || continue
    archive=$(find "$downloads" -name "${package}_$upstream.orig.tar.*" ! -name '*.asc' -print -quit)
    if [ -n "$archive" ] && unpack_archive "$archive" "$directory"; then
      warn "$package: Debian's part of version $version is not on the mirror, the upstream source is used without its patches"
      version=$upstream
      return 0
    fi
    rm -rf "$directory"
  done
  [ -n "$pool_file" ] || { echo "$package: the mirror has no source of it" >&2; return 1; }
  fetch_from_pool "$package" "$directory" "$pool_file" "$sum"
}

fetch_from_pool() { # PACKAGE DIRECTORY POOL-FILE SHA256
  local archive=$downloads/${3##*/} uri
  uri=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' "$work/apt/sources/seatcast.sources" | grep -v -- '-security/*$' | head -n 1)
  # it checks the sum, and leaves nothing behind when that is wrong
  /usr/lib/apt/apt-helper "${apt_options[@]}" download-file "${uri%/}/pool/main/$3" "$archive" "SHA256:$4" || return 1
  unpack_archive "$archive" "$2" || return 1
  version=${archive##*_}
  version=${version%.orig.tar.*}
  warn "$1: the mirror lacks Debian 12's version, the upstream source $version of Debian's pool is used"
}
