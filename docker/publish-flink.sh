#!/bin/sh
# Publishes Flink's distributions to S3, from where YARN localizes them. What is there is never written again: YARN
# compares the time of the last change of a local resource, and a new one would break applications about to start.
set -eu

# MinIO may still be on its way.
until mc alias set store "$S3_ENDPOINT" "$S3_USER" "$S3_PASSWORD"; do sleep 1; done
mc mb --ignore-existing "store/$BUCKET"

publish() {
  if mc stat "store/$BUCKET/$2" >/dev/null 2>&1; then return; fi
  mc cp "$1" "store/$BUCKET/$2"
}

for version in $FLINK_VERSIONS; do
  for jar in "/flink/$version/lib"/*.jar; do
    name=$(basename "$jar")
    # Scala's own API, which no Java job loads.
    case "$name" in flink-scala_*) continue ;; esac
    publish "$jar" "flink/$version/lib/$name"
  done
  plugin="flink-s3-fs-hadoop-$version.jar"
  publish "/flink/$version/opt/$plugin" "flink/$version/plugins/s3-fs-hadoop/$plugin"
  publish /log4j.properties "flink/$version/conf/log4j.properties"
done
