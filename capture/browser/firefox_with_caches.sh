#!/bin/sh
# Start Firefox in the new profile that Playwright gives it, with the caches of Firefox's own code that an earlier one has
# left. If there are none, keep those that this one leaves.
#
# TUTOFRAIS_EXECUTABLE: the Firefox to start. TUTOFRAIS_CACHES: folder of the caches. See firefox_caches.py.
for argument; do
  [ "$previous" = --profile ] && profile=$argument
  previous=$argument
done
if [ -d "$TUTOFRAIS_CACHES" ]; then
  cp -R "$TUTOFRAIS_CACHES/." "$profile"
  exec "$TUTOFRAIS_EXECUTABLE" "$@"
fi
"$TUTOFRAIS_EXECUTABLE" "$@"
code=$?
new=$TUTOFRAIS_CACHES.$$
mkdir -p "$new" && cp -R "$profile/startupCache" "$profile/compatibility.ini" "$new" &&
  [ ! -e "$TUTOFRAIS_CACHES" ] && mv "$new" "$TUTOFRAIS_CACHES"
rm -rf "$new"
exit $code
