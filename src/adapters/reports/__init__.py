"""Reports and views as they come with the program: one YAML file each."""
