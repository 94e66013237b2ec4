<!DOCTYPE html>
<html lang="<TMPL_VAR NAME="LANGUAGE">">
<head>
<meta charset="utf-8">
<title><TMPL_VAR NAME="PAGE_TITLE" ESCAPE=HTML></title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/javascript/bootstrap4/css/bootstrap.min.css">
<link rel="stylesheet" href="<TMPL_VAR NAME="STATIC_PREFIX"><TMPL_VAR NAME="SKIN" ESCAPE=HTML>/css/styles.min.css">
<link rel="stylesheet" href="<TMPL_VAR NAME="SCRIPTNAME">portal.css">
<link rel="stylesheet" href="<TMPL_VAR NAME="STATIC_PREFIX">common/poterne.css">
<TMPL_IF NAME="CUSTOM_CSS"><link rel="stylesheet" href="<TMPL_VAR NAME="STATIC_PREFIX"><TMPL_VAR NAME="CUSTOM_CSS">"></TMPL_IF>
<link rel="icon" href="<TMPL_VAR NAME="STATIC_PREFIX"><TMPL_VAR NAME="FAVICON">">
</head>
<body class="poterne">
<div id="wrap"><header id="header"><TMPL_IF NAME="MAIN_LOGO"><img src="<TMPL_VAR NAME="STATIC_PREFIX"><TMPL_VAR NAME="MAIN_LOGO">" alt="" class="img-fluid rounded mx-auto d-block"></TMPL_IF></header>
<main id="logincontent" class="container">
<div class="card"><div class="card-body">
<TMPL_IF NAME="ERROR"><div id="poterne-error" role="alert"><p><TMPL_VAR NAME="ERROR" ESCAPE=HTML></p></div></TMPL_IF>
<TMPL_IF NAME="NOTICE"><div id="poterne-notice" role="status"><p><TMPL_VAR NAME="NOTICE" ESCAPE=HTML></p></div></TMPL_IF>
<h1><TMPL_VAR NAME="PLAIN_TITLE" ESCAPE=HTML></h1>
