"""Where people write: the website chat. Each channel proves who sends before anything else."""
