#!/usr/bin/env bash
# The programs of one Kubernetes version, and the kubelet as a service.
: "${KUBERNETES_VERSION:?}"

# install_programs NAME...: of kubeadm, kubelet and kubectl, those that are not of this version yet.
install_programs() {
  local name record
  for name in "$@"; do
    record=/usr/local/lib/pulumi-kubeadm/$name
    [[ -x /usr/local/bin/$name && $(cat "$record" 2>/dev/null) == "$KUBERNETES_VERSION" ]] && continue
    # Should it end here, nobody knows what the program is of.
    install -D --mode 0644 /dev/null "$record"
    place "$name" "/usr/local/bin/$name"
    install -D --mode 0644 /dev/stdin "$record" <<<"$KUBERNETES_VERSION"
  done
}

# Succeeds when the service has changed.
install_kubelet_unit() {
  write_file /etc/systemd/system/kubelet.service 0644 "$(kubelet_unit)" || return 1
  systemctl daemon-reload
}

kubelet_unit() {
  cat <<'UNIT'
[Unit]
Description=kubelet
Wants=network-online.target
After=network-online.target containerd.service
StartLimitIntervalSec=0

[Service]
Environment=KUBELET_KUBECONFIG_ARGS="--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment=KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
UNIT
}
