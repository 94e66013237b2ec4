<TMPL_INCLUDE NAME="poternehead.tpl">
<TMPL_IF NAME="TEXT"><p><TMPL_VAR NAME="TEXT" ESCAPE=HTML></p></TMPL_IF>
<p><a class="btn btn-primary" href="<TMPL_VAR NAME="AGAIN" ESCAPE=HTML>"><TMPL_VAR NAME="AGAIN_TEXT" ESCAPE=HTML></a></p>
<TMPL_INCLUDE NAME="poternefoot.tpl">
