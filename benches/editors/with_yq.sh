#!/bin/sh
# Adds dave to a file with yq of PyPI, with the options that keep most of the text, and prints it: with_yq.sh YQ FILE PUBLIC_KEY.
exec "$1" -Y -w 0 --rawfile key "$3" \
  '.users += [{username: "dave", groups: ["sudo"], authorized_keys: [{public_key: ($key | rtrimstr("\n"))}]}]' "$2"
