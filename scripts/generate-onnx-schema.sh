#!/bin/sh
# Regenerates Sources/Formats/ONNX/Schema/onnx.pb.swift from onnx.proto beside it. The result is
# checked in, so only a change of the schema needs this. It takes protoc (Debian:
# protobuf-compiler) and builds protoc-gen-swift at the version that Package.resolved names, in a
# scratch folder of its own (about ten minutes the first time); PROTOC_GEN_SWIFT=path skips that.
set -eu
cd "$(dirname "$0")/.."

plugin=${PROTOC_GEN_SWIFT-}
if [ -z "$plugin" ]; then
  swift package resolve
  swift build --package-path .build/checkouts/swift-protobuf --scratch-path .build/protoc-gen-swift \
    --product protoc-gen-swift
  plugin=.build/protoc-gen-swift/debug/protoc-gen-swift
fi

schema=Sources/Formats/ONNX/Schema
protoc --plugin=protoc-gen-swift="$plugin" --proto_path="$schema" \
  --swift_opt=Visibility=Internal --swift_out="$schema" onnx.proto
