#!/bin/sh
# Publishes Flink's distributions to S3, from where YARN localizes them. Existing objects are never overwritten, because
# YARN compares the modification time of a local resource: a new time would break applications about to start.
set -eu

# MinIO may still be starting.
until mc alias set store "$S3_ENDPOINT" "$S3_USER" "$S3_PASSWORD"; do sleep 1; done
mc mb --ignore-existing "store/$BUCKET"

publish() {
  if mc stat "store/$BUCKET/$2" >/dev/null 2>&1; then return; fi
  mc cp "$1" "store/$BUCKET/$2"
}

for version in $FLINK_VERSIONS; do
  for jar in "/flink/$version/lib"/*.jar; do
    name=$(basename "$jar")
    # The bucket does without Scala's own API, because no Java job loads it.
    case "$name" in flink-scala_*) continue ;; esac
    publish "$jar" "flink/$version/lib/$name"
  done
  plugin="flink-s3-fs-hadoop-$version.jar"
  publish "/flink/$version/opt/$plugin" "flink/$version/plugins/s3-fs-hadoop/$plugin"
  publish /log4j.properties "flink/$version/conf/log4j.properties"
done
