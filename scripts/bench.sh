#!/usr/bin/env bash
# Measures `pulumi up` against a plain script of kubeadm commands, side by side on this computer; writes bench.json.
# Takes --rounds N (default 2), and --online or --offline.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/prepare.sh
source "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

main() {
  prepare "$@"
  remove_clusters
  copy=$(mktemp -d)
  trap clean_up EXIT
  copy_project
  "$project/node_modules/.bin/tsx" "$project/test/bench/bench.ts" "$copy" "$@"
}

# A copy has a stack, a state and a configuration of its own, so the checkout and the user's backend stay as they are.
copy_project() {
  tar --create --directory "$project" --exclude ./node_modules --exclude ./.git --exclude ./.state . |
    tar --extract --directory "$copy"
  ln --symbolic "$project/node_modules" "$copy/"
  mkdir "$copy/.state"
  export PULUMI_BACKEND_URL=file://$copy/.state PULUMI_CONFIG_PASSPHRASE=bench PULUMI_STACK=bench
  cat >"$copy/Pulumi.bench.yaml" <<'CONFIG'
config:
  pulumi-kubeadm:controlPlaneNodes: 3
  pulumi-kubeadm:workerNodes: 2
  pulumi-kubeadm:localSubnet: 172.30.78.0/24
  pulumi-kubeadm:localApiPort: 26443
CONFIG
}

clean_up() {
  rm --recursive --force "$copy"
  remove_clusters
}

# By label, since the state of an interrupted run is gone.
remove_clusters() {
  local label=label=pulumi-kubeadm=pulumi-kubeadm-bench
  "$project/test/bench/plain.sh" delete
  docker ps --all --quiet --filter "$label" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network ls --quiet --filter "$label" | xargs --no-run-if-empty docker network rm >/dev/null
}

main "$@"
