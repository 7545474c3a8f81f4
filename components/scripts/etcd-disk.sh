#!/usr/bin/env bash
# Gives etcd's data a disk of its own: the one empty disk of the machine. Runs at the first boot.

data=/var/lib/etcd

main() {
  local disk id
  ! mountpoint --quiet "$data" || return 0
  phase "looking for the disk of etcd"
  wait_for 300 "an empty disk" empty_disk ||
    fail "there is no disk that is empty: $LAST_SEEN" "the volume was not attached" "look at the volumes of the instance"
  disk=$LAST_SEEN
  phase "giving $data the disk $disk"
  mkfs.ext4 -q "$disk"
  id=$(blkid --match-tag UUID --output value "$disk")
  install --directory --mode 0700 "$data"
  # Without it the machine would start with an empty etcd on the wrong disk; so the boot waits, and fails.
  echo "UUID=$id $data ext4 defaults,noatime 0 2" >>/etc/fstab
  mount "$data"
  # kubeadm takes an empty folder only.
  rmdir "$data/lost+found"
  chmod 0700 "$data"
}

# EBS volumes only: a disk that is part of the computer loses its data when the machine stops.
empty_disk() {
  local disk rows seen
  seen=$(lsblk --nodeps --noheadings --paths --output NAME,TYPE,MODEL)
  while read -r disk; do
    # A disk in use has partitions below it, or a file system beside its name.
    rows=$(lsblk --noheadings --paths --output NAME,FSTYPE "$disk" | tr -d ' ')
    if [[ $rows == "$disk" ]]; then
      echo "$disk"
      return
    fi
  done < <(awk '$2 == "disk" && /Amazon Elastic Block Store/ {print $1}' <<<"$seen")
  echo "$seen"
  return 1
}

main "$@" </dev/null
