# shellcheck shell=bash
# TLS for GIO, by OpenSSL.
source=glib-networking
pool=(g/glib-networking/glib-networking_2.80.1.orig.tar.xz b80e2874157cd55071f1b6710fa0b911d5ac5de106a9ee2a4c9c7bee61782f8e)
needs=(glib openssl)

build() {
  meson_install -Dgnutls=disabled -Dopenssl=enabled -Dlibproxy=disabled -Dgnome_proxy=disabled -Dinstalled_tests=false
}
