"""Checks manifests: `manifests.py FOLDER COMPOSE`. Exits 1 and says what does not fit the schemas of Kubernetes."""

import pathlib
import sys

import kubernetes_validate
import yaml

folder, compose = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
version = kubernetes_validate.latest_version()
status = 0
listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
if sorted(listed) != sorted(file.name for file in folder.glob("*.yaml") if file.name != "kustomization.yaml"):
    print(f"{folder}/kustomization.yaml does not list the files beside it")
    status = 1
for name in listed:
    for document in yaml.safe_load_all((folder / name).read_text()):
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except Exception as error:  # its own errors have no common base
            print(f"{folder}/{name}, {document.get('kind')}: {str(error).splitlines()[0]}")
            status = 1
services = yaml.safe_load(compose.read_text())["services"]
for name, service in services.items():
    for needed in service.get("depends_on", {}):
        if needed not in services:
            print(f"{compose}: {name} depends on {needed}, which is no service")
            status = 1
sys.exit(status)
