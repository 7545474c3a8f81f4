#!/usr/bin/env bash
# Takes a snapshot of etcd on a machine with a healthy member and fetches it to .state/<stack>/backups, checked. With --list:
# what is there; with one of these of a machine: fetches it.
set -o errexit -o nounset -o pipefail
# shellcheck source=scripts/machines.sh
source "$(dirname "${BASH_SOURCE[0]}")/machines.sh"

readonly backups=$STATE/backups
readonly on_machines=/var/lib/pulumi-kubeadm/etcd-snapshots
readonly take=/usr/local/lib/pulumi-kubeadm/etcd-snapshot

main() {
  local members
  need_login_key
  use_ready_toolchain || refuse "there is no pulumi yet; npm start gets it and makes the cluster"
  use_backend
  members=$(machines_of etcd) || refuse "which machines have a member of etcd could not be read from the stack's outputs; see above"
  case ${1:-} in
  "") back_up ;;
  --list) list ;;
  *:"$on_machines"/etcd-*.db) fetch_listed "${1%%:*}" "${1#*:}" ;;
  *) refuse "$1 is not known; use npm run backup, npm run backup -- --list, or what that names on a machine" ;;
  esac
}

# What a member knows that has lost touch with the others may be old, and is taken only where no other one answers.
back_up() {
  local taken name login path
  if ! taken=$(take_snapshot current); then
    echo "no member of etcd has a majority with it; taking what one of them knew last" >&2
    taken=$(take_snapshot) || refuse "no member of etcd could take a snapshot; see above what each said"
  fi
  read -r name login path <<<"$taken"
  fetch "$name" "$login" "$path"
}

# take_snapshot [current]: prints name and login of the machine that took one, and its path there.
take_snapshot() {
  local name login path
  while read -r name login; do
    echo "$name: taking a snapshot of etcd" >&2
    # ssh would read the list.
    if path=$(on_machine "$login" sudo --non-interactive "$take" manual "$@" </dev/null); then
      echo "$name $login $path"
      return
    fi
  done <<<"$members"
  return 1
}

# fetch_listed MACHINE PATH
fetch_listed() {
  local name login
  while read -r name login; do
    if [[ $name == "$1" ]]; then
      fetch "$name" "$login" "$2"
      return
    fi
  done <<<"$members"
  refuse "there is no member of etcd on $1"
}

# fetch NAME LOGIN PATH: what does not have its checksum is thrown away, and nothing takes the place of what is here before it is
# checked.
fetch() {
  local name=$1 login=$2 path=$3 file
  file=$backups/${path##*/}
  umask 077
  install --directory --mode 0700 "$backups"
  partial=$(mktemp --directory "$backups/partial.XXXXXX")
  trap 'rm --recursive --force "$partial"' EXIT
  on_machine "$login" sudo --non-interactive cat "$path.sha256" </dev/null >"$partial/sha256"
  on_machine "$login" sudo --non-interactive cat "$path" </dev/null >"$partial/snapshot"
  if [[ $(sha256sum "$partial/snapshot" | cut -d' ' -f1) != "$(cut -d' ' -f1 "$partial/sha256")" ]]; then
    refuse "$path of $name arrived with another checksum; run npm run backup again"
  fi
  mv "$partial/sha256" "$file.sha256"
  mv "$partial/snapshot" "$file"
  echo "${file#"$project"/}"
}

# Size and path of each snapshot: those here, then those on each machine with a member.
list() {
  local name login
  find "$backups" -name "*.db" -printf "%10s  ${backups#"$project"/}/%P\n" 2>/dev/null | sort --key 2 || true
  while read -r name login; do
    on_machine "$login" sudo --non-interactive find "$on_machines" -name "'*.db'" -printf "'%10s  $name:%p\n'" </dev/null | sort --key 2 ||
      echo "            $name does not answer"
  done <<<"$members"
}

main "$@"
