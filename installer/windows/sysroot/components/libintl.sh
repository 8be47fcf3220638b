# shellcheck shell=bash
# Of gettext only the library that finds translations.
source=gettext
needs=()

build() {
  run_configure "$source_dir/gettext-runtime" --disable-java --disable-csharp --disable-c++ --disable-openmp --disable-libasprintf \
    --enable-threads=windows --enable-relocatable --without-libiconv-prefix --without-libintl-prefix --disable-rpath --with-included-gettext
  make -C intl -j"$jobs"
  make -C intl install
}
