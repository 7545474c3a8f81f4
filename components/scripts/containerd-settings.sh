#!/usr/bin/env bash
# The user's settings of containerd: checked before they are in place, and put back where it does not start with them.
: "${CONTAINERD_SETTINGS[@]-}"

# Those before are beside it while a change of them waits to be seen running.
readonly containerd_settings=/etc/containerd/pulumi-kubeadm

place_containerd_settings() {
  local new=$containerd_settings.new index
  rm --recursive --force "$new"
  install --directory "$containerd_settings" "$new"
  for index in "${!CONTAINERD_SETTINGS[@]}"; do
    write_file "$new/$index.toml" 0644 "${CONTAINERD_SETTINGS[index]}"
  done
  [[ ${#CONTAINERD_SETTINGS[@]} == 0 ]] || check_containerd_settings "$new"
  if [[ $(all_settings "$containerd_settings") != "$(all_settings "$new")" ]]; then
    [[ -e $containerd_settings.before ]] || mv "$containerd_settings" "$containerd_settings.before"
    rm --recursive --force "$containerd_settings"
    mv "$new" "$containerd_settings"
  fi
  rm --recursive --force "$new"
}

# check_containerd_settings FOLDER: containerd itself passes over a key that it does not know. Files of others do not count.
check_containerd_settings() {
  local check=/run/pulumi-kubeadm-containerd.toml words
  containerd_config "$1/*.toml" >"$check"
  if ! words=$(containerd --config "$check" config dump 2>&1 >/dev/null) || [[ $words == *"unknown key"* ]]; then
    words=$(grep --invert-match "Configuration migrated" <<<"$words") || true
    fail "containerd does not take its settings: $words" "the key containerd has one that it does not know, or a value of another kind" \
      "set it right, then run \`pulumi up\` again; containerd goes on with those before"
  fi
}

all_settings() {
  cat "$1"/*.toml 2>/dev/null || true
}

explain_containerd() {
  local words
  words=$(last_words containerd)
  [[ -e $containerd_settings.before ]] || fail "containerd does not start: $words" "see journalctl -u containerd" "put right what it says"
  rm --recursive "$containerd_settings"
  mv "$containerd_settings.before" "$containerd_settings"
  systemctl restart containerd || true
  fail "containerd does not start: $words" "a setting that it does not take, most likely; its settings before were put back" \
    "set right what it complains of, then run \`pulumi up\` again"
}
