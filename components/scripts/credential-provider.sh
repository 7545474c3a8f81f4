#!/usr/bin/env bash
# The plugin that the kubelet asks for a login of a registry, on platforms that have one.
: "${CREDENTIAL_PROVIDER?}" "${CREDENTIAL_PROVIDER_CONFIG?}"

readonly credential_providers=/usr/local/lib/pulumi-kubeadm/credential-providers

install_credential_provider() {
  local record=$credential_providers.installed
  [[ -n $CREDENTIAL_PROVIDER ]] || return 0
  write_file "$credential_providers.yaml" 0644 "$CREDENTIAL_PROVIDER_CONFIG" || true
  [[ -x $credential_providers/$CREDENTIAL_PROVIDER && $(cat "$record" 2>/dev/null) == "$(download "$CREDENTIAL_PROVIDER")" ]] && return
  phase "installing $CREDENTIAL_PROVIDER"
  install -d "$credential_providers"
  place "$CREDENTIAL_PROVIDER" "$credential_providers/$CREDENTIAL_PROVIDER"
  download "$CREDENTIAL_PROVIDER" >"$record"
}
