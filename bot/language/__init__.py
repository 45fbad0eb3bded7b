"""What Peerbot understands of Swedish and Danish: pipelines, feedback, rewording, understanding."""
