# shellcheck shell=bash
source=at-spi2-core
pool=(a/at-spi2-core/at-spi2-core_2.56.2.orig.tar.xz e1b1c9836a8947852f7440c32e23179234c76bd98cd9cc4001f376405f8b783b)
needs=(glib)

# the later version looks for libxml even where only ATK is built
prepare() {
  sed -i "s/^libxml_dep = dependency('libxml-2.0', version: libxml_req_version)/libxml_dep = dependency('libxml-2.0', version: libxml_req_version, \
required: not get_option('atk_only'))/" meson.build
}

build() {
  local options=(-Dx11=no)
  grep -q "^option('atk_only'" "$source_dir/meson_options.txt" && options=(-Datk_only=true -Dx11=disabled)
  meson_install -Dintrospection=disabled -Ddocs=false "${options[@]}"
}
