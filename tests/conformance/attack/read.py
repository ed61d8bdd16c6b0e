"""Reads a layer by MITRE's library and a technique administration by dettectinator, and says what they hold.

In (arguments): the files. Out (stdout): {"layer": {technique: score}, "version": text, "dettect": {technique: [score, ...]}}. dettectinator fetches ATT&CK when it reads a
file; here it is given the techniques that the file names, so that nothing is fetched.
"""
import json
import sys

from dettectinator import DettectTechniquesAdministration
from mitreattack.navlayers import Layer


class Administration(DettectTechniquesAdministration):
    def _initialize_attack_client(self):
        pass

    def _load_attack_techniques(self):
        self.attack_techniques = [{"technique_id": t["technique_id"]} for t in self._yaml_content["techniques"]]


layer = Layer(name="", domain="enterprise-attack")
layer.from_file(sys.argv[1])
held = layer.layer
read = Administration(sys.argv[2], domain="enterprise-attack")
json.dump(
    {
        "layer": {t.techniqueID: getattr(t, "score", None) for t in held.techniques},
        "version": held.versions.layer,
        "dettect": {name: [read._get_latest_score(d) for d in t["detection"]] for name, t in read.techniques.items()},
    },
    sys.stdout,
)
