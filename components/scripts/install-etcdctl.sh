#!/usr/bin/env bash
# Installs etcdctl on the admin machine, for external etcd.

main() {
  one_at_a_time
  wait_for_first_boot
  phase "installing etcdctl"
  install_etcd_programs etcdctl
}

main "$@" </dev/null
