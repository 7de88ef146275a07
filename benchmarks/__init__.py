"""Speed and memory, each figure beside the limit measured in the same run. See README.md."""
