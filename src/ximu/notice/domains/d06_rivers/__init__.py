"""Rivers: chiefs, reaches, patrols that are compared with what citizens report, water quality."""
