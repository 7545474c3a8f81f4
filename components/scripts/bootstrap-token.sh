#!/usr/bin/env bash
# Bootstrap tokens, through the kubectl of the script that this is a part of.
: "${TOKEN_MINUTES:?}"

# mint_token ID SECRET DESCRIPTION [LABEL]: a token that joins nodes, and ends by itself. The label is "key: value".
mint_token() {
  local labels=${4:+$'\n  labels:\n    '$4}
  kubectl apply --server-side --field-manager pulumi-kubeadm --filename - >/dev/null <<SECRET
apiVersion: v1
kind: Secret
metadata:
  name: bootstrap-token-$1$labels
  namespace: kube-system
type: bootstrap.kubernetes.io/token
stringData:
  description: "$3"
  token-id: "$1"
  token-secret: "$2"
  expiration: "$(date --utc --date "+$TOKEN_MINUTES minutes" +%FT%TZ)"
  usage-bootstrap-authentication: "true"
  usage-bootstrap-signing: "true"
  auth-extra-groups: system:bootstrappers:kubeadm:default-node-token
SECRET
}
