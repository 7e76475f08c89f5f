#!/bin/sh
# Bundles the chart library of the report; run in an empty directory with the entry file's path.
# Needs npm. A heat map is one more import in the entry file.
set -eu
entry=$1
cp "$entry" entry.js
npm install --no-save --ignore-scripts echarts@6.1.0 esbuild@0.28.2
npx esbuild entry.js --bundle --minify --format=iife --global-name=echarts --legal-comments=none \
  --banner:js='/*! Apache ECharts 6.1.0, Copyright The Apache Software Foundation, Apache-2.0. Holds zrender 6.1.0 (BSD-3-Clause, Copyright Baidu Inc.), parts of d3 (BSD-3-Clause, Copyright Mike Bostock) and tslib (0BSD, Copyright Microsoft Corporation). */' \
  --outfile=echarts-6.1.0.min.js
