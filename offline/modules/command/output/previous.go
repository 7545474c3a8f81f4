package output

// Previous returns the variables through which a command sees what the one before it printed.
func (s Streams) Previous(isWanted *bool) map[string]string {
	variables := map[string]string{}
	if isWanted != nil && !*isWanted {
		return variables
	}
	if s.Stdout != "" {
		variables["PULUMI_COMMAND_STDOUT"] = s.Stdout
	}
	if s.Stderr != "" {
		variables["PULUMI_COMMAND_STDERR"] = s.Stderr
	}
	return variables
}
