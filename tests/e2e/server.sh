#!/bin/sh
# A server for one test: this machine's own file system under an overlay, in namespaces of its own, with sshd on
# loopback. Nothing of what happens in it reaches the machine; all of it ends with this process.
#
# server.sh ROOT PORT BEFORE FOLDER...
#   ROOT    an empty folder, to mount on
#   PORT    of sshd
#   BEFORE  a tar of /run/upper of an earlier server: all that was changed there; or nothing
#   FOLDER  what the server sees of the machine as it is, read-only
set -eu
root=$1 port=$2 before=$3
shift 3

mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs "$root"
mkdir "$root/upper" "$root/work" "$root/server"
[ -z "$before" ] || tar -C "$root/upper" --xattrs '--xattrs-include=*' -xf "$before"
mount -t overlay -o "lowerdir=/,upperdir=$root/upper,workdir=$root/work" overlay "$root/server"
mount -t proc proc "$root/server/proc"
mount --rbind /dev "$root/server/dev"
mount -t tmpfs tmpfs "$root/server/run"
for folder in "$@"; do
  mkdir -p "$root/server$folder"
  mount --bind "$folder" "$root/server$folder"
  mount -o remount,bind,ro "$root/server$folder"
done
ip link set lo up

# Its own host key alone, and no settings that the machine has by chance.
rm -f "$root"/server/etc/ssh/ssh_host_* "$root"/server/etc/ssh/sshd_config.d/*
mkdir "$root/server/run/sshd" "$root/server/run/machine" "$root/server/run/upper"
mount --bind "$root/upper" "$root/server/run/upper"
# The playbook runs where this is, and nowhere else.
touch "$root/server/run/spin-keys-server"

# From here on the machine's own file system is out of reach, for this process and whatever enters its namespaces.
cd "$root/server"
pivot_root . run/machine
exec chroot . /bin/sh -c '
  set -eu
  umount -l /run/machine
  ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key
  echo ready
  exec /usr/sbin/sshd -D -e -o ListenAddress=127.0.0.1 -o "Port=$0" -o LogLevel=VERBOSE
' "$port"
