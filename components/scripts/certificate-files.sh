#!/usr/bin/env bash
# The certificates on a control plane that kubeadm renews, and what must restart for them.

# Components that must be restarted for their certificates, one a line; kept until that is done.
readonly restart_mark=/etc/kubernetes/pulumi-kubeadm/restart

mark_all_for_restart() {
  printf '%s\n' etcd kube-apiserver kube-controller-manager kube-scheduler >>"$restart_mark"
}

# certificates_that_end SECONDS: files of those that have ended by then.
certificates_that_end() {
  local file
  for file in $(certificate_files); do
    certificate_of "$file" | openssl x509 -noout -checkend "$1" >/dev/null || echo "$file"
  done
}

# Not the authorities, not the client of external etcd, which the program makes, and not what users have put beside them.
certificate_files() {
  local file files=(pki/{apiserver,apiserver-kubelet-client,front-proxy-client}.crt {admin,controller-manager,scheduler}.conf)
  ! has_etcd_ca || files+=(pki/apiserver-etcd-client.crt pki/etcd/{server,peer,healthcheck-client}.crt)
  for file in "${files[@]}"; do
    [[ ! -e /etc/kubernetes/$file ]] || echo "/etc/kubernetes/$file"
  done
}

# Whether etcd's certificates are made here, as they are where it runs on the control planes.
has_etcd_ca() {
  [[ -e /etc/kubernetes/pki/etcd/ca.key ]]
}

certificate_of() {
  case $1 in
    *.conf) sed --quiet 's/^ *client-certificate-data: //p' "$1" | base64 --decode ;;
    *) cat "$1" ;;
  esac
}
