<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=/poterne">
<title>Double authentification</title>
</head>
<body><main><h1>Double authentification</h1><p><a href="/poterne">Double authentification</a></p></main></body>
</html>
